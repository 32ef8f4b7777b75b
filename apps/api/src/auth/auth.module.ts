import { Module } from '@nestjs/common';
import { AuthController } from './auth.controller.js';
import { CurrentUserService } from './current-user.service.js';
import { LoginService } from './login.service.js';
import { RefreshService } from './refresh.service.js';
import { TokenPairs } from './token-pair.js';

@Module({
  controllers: [AuthController],
  providers: [CurrentUserService, LoginService, RefreshService, TokenPairs],
})
export class AuthModule {}
